/** What the server sends: the API's description marks no field of an answer as required, though all are there, some of them null. */
export type Sent<T, Nullable extends PropertyKey = never> = T extends readonly (infer Item)[]
  ? Sent<Item, Nullable>[]
  : T extends object ? { [Key in keyof T]-?: Key extends Nullable ? Sent<NonNullable<T[Key]>, Nullable> | null : Sent<NonNullable<T[Key]>, Nullable> } : T

/** An answer with all its fields. */
export function sent<T>(answer: Promise<unknown>): Promise<T> {
  return answer as Promise<T>
}
