/** Task ids (22 characters) and record ids (43) are base64url, so one in 64 begins with a dash and looks like an option. */
const DASHED_ID = /^-(?:[\w-]{21}){1,2}$/u;

/** Ids behind `--`, where nothing is taken for an option. */
export function idsLast(args: readonly string[]): string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const [mixed, rest] = [args.slice(0, end), args.slice(end + 1)];
  const ids = mixed.filter((each) => DASHED_ID.test(each));
  return ids.length === 0 ? [...args] : [...mixed.filter((each) => !DASHED_ID.test(each)), '--', ...ids, ...rest];
}
