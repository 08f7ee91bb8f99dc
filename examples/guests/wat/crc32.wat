;; CRC-32 of the input (ISO 3309, as in gzip and PNG): four bytes, the lowest first.
(module
  ;; The output is at 0, the table of 256 entries at 1024, the input from 4096 on.
  (memory (export "memory") 1)

  (func (export "_initialize")
    (local $i i32) (local $bit i32) (local $entry i32)
    (loop $next
      (local.set $entry (local.get $i))
      (local.set $bit (i32.const 8))
      (loop $shift
        (local.set $entry
          (i32.xor
            (i32.shr_u (local.get $entry) (i32.const 1))
            (i32.and (i32.const 0xedb88320) (i32.sub (i32.const 0) (i32.and (local.get $entry) (i32.const 1))))))
        (br_if $shift (local.tee $bit (i32.sub (local.get $bit) (i32.const 1)))))
      (i32.store offset=1024 (i32.shl (local.get $i) (i32.const 2)) (local.get $entry))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 256)))))

  (func (export "alloc") (param $length i32) (result i32)
    (local $pages i32)
    ;; Pages that the input needs beyond the one there is.
    (local.set $pages (i32.shr_u (i32.add (local.get $length) (i32.const 4095)) (i32.const 16)))
    (if (i32.eq (memory.grow (local.get $pages)) (i32.const -1)) (then unreachable))
    (i32.const 4096))

  (func (export "execute") (param $at i32) (param $length i32) (result i64)
    (local $crc i32) (local $end i32)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (local.set $crc (i32.const -1))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $at) (local.get $end)))
        (local.set $crc
          (i32.xor
            (i32.shr_u (local.get $crc) (i32.const 8))
            (i32.load offset=1024
              (i32.shl
                (i32.and (i32.xor (local.get $crc) (i32.load8_u (local.get $at))) (i32.const 255))
                (i32.const 2)))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (i32.store (i32.const 0) (i32.xor (local.get $crc) (i32.const -1)))
    ;; Address 0, length 4.
    (i64.const 4)))
