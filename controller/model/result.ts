/** What can fail as the world fails: a value, or a fault; never thrown past the driver. */
export type Result<T, F> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: F };

/** A success. */
export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

/** A failure. */
export const failed = <F>(fault: F): { readonly ok: false; readonly fault: F } => ({ ok: false, fault });
