/** Runs `custom_wasm`: a stranger's module, metered, with nothing to import and nothing to reach. */
import { KernelError, type Kernel, type KernelContext, type Value } from '../kernel.js';
import { call, checkExports, guestOf } from './abi.js';
import { fuelToStart, manifest, type CustomWasmOutput, type CustomWasmPayload } from './manifest.js';
import { FUEL_EXPORT, RESERVED, STACK_EXPORT, TICK, TRAP, TRAP_EXPORT } from './meter/injected.js';
import { STACK_BYTES_MAX } from './meter/limits.js';
import { meter } from './meter/meter.js';
import { Tank } from './tank.js';

/** @param sliceStepsMax the guest is interrupted as often at least; it changes nothing that can be observed */
export async function runGuest(payload: CustomWasmPayload, context: KernelContext, sliceStepsMax?: number): Promise<CustomWasmOutput> {
  const atStart = fuelToStart(payload);
  const pause = (fuelUsed: number): void => {
    context.signal.throwIfAborted();
    context.breatheSync();
    context.progress('run', fuelUsed, payload.fuel);
  };
  const metered = meter(payload.module, () => context.breatheSync());
  checkExports(metered, payload.export);

  const tank = new Tank(payload.fuel - atStart, (fuelUsed) => pause(atStart + fuelUsed), sliceStepsMax);
  const module = await WebAssembly.compile(metered.bytes as BufferSource);
  const { exports } = await instantiate(module, tank);
  await context.breathe();

  const fuel = exports[FUEL_EXPORT] as WebAssembly.Global<'i64'>;
  fuel.value = tank.first;
  (exports[STACK_EXPORT] as WebAssembly.Global<'i32'>).value = STACK_BYTES_MAX;
  try {
    const output = call(guestOf(exports, payload.export), payload.input);
    return { output, fuel: atStart + tank.used(fuel.value) };
  } catch (error) {
    throw explain(error, exports);
  }
}

/** Segments that do not fit are the module's fault; a machine without room for its memory is not. */
async function instantiate(module: WebAssembly.Module, { tick }: Tank): Promise<WebAssembly.Instance> {
  try {
    return await WebAssembly.instantiate(module, { [RESERVED]: { [TICK]: tick } });
  } catch (cause) {
    const misfit = cause instanceof WebAssembly.RuntimeError || cause instanceof WebAssembly.LinkError;
    throw misfit ? new KernelError('bad-input', '`module` has a data or element segment that does not fit into its memory or table.') : cause;
  }
}

/**
 * Engines word their traps differently, and the words are part of what workers are compared by: so they are ours. What
 * is no trap (no room on this machine's stack, say) would not happen elsewhere, and is passed on as it is.
 */
function explain(error: unknown, exports: WebAssembly.Exports): unknown {
  if (!(error instanceof WebAssembly.RuntimeError)) return error;
  switch ((exports[TRAP_EXPORT] as WebAssembly.Global<'i32'>).value) {
    case TRAP.unreachable:
      return new KernelError('bad-input', 'The module stopped itself with `unreachable`: a panic, an abort or a failed assertion.');
    case TRAP.stack:
      return new KernelError('limit-exceeded', `The module's calls are nested too deeply: their frames take more than ${STACK_BYTES_MAX} bytes of stack.`);
    case TRAP.hostMemory:
      return new Error('This machine has no memory left for the module.', { cause: error });
    default:
      return new KernelError(
        'bad-input',
        'The module trapped: an access outside its memory or table, an integer division by zero or overflow, a float out of the range of an integer, or a call through the table to what is not there or of another type.',
      );
  }
}

export const kernel: Kernel = {
  kind: manifest.kind,
  version: manifest.version,
  async run(payload: Value, context: KernelContext) {
    // The payload may come from a stranger: checked again.
    const checked = manifest.normalise(payload) as unknown as CustomWasmPayload;
    context.signal.throwIfAborted();
    const output = await runGuest(checked, context);
    return { output: output as unknown as Value, fuel: output.fuel };
  },
};
