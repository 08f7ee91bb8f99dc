/**
 * Words by key, `section.what`. `{name}` stands for a value; a key that depends on a number ends in a category of
 * `Intl.PluralRules`: `log.tasks.one`, `log.tasks.other`, in Arabic also `.zero`, `.two`, `.few` and `.many`.
 */
export type Messages = Readonly<Partial<Record<string, string>>>;

/** A section in another language: all of English's keys, and the plural categories that English lacks. */
export type Translation<English> = { readonly [Key in keyof English]: string } & Messages;

/** Keys of a section, and what comes before the plural category of those that have one. */
export type Key<English> = keyof English & string;
export type PluralKey<English> = Key<English> extends infer Name ? (Name extends `${infer Stem}.other` ? Stem : never) : never;
