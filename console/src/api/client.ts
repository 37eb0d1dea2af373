import createClient, { type Middleware } from 'openapi-fetch'
import { parse, stringify } from './json'
import type { components, paths } from './schema'

/** The server's root: the console stands one level below it, wherever that is. */
export const ROOT = import.meta.env.DEV ? new URL('/', location.href) : new URL('..', location.href.split('#')[0])

const KEY = 'howdah-api-key'

/** The API key is kept in this tab only. */
export const apiKey = {
  get: () => sessionStorage.getItem(KEY),
  set: (key: string) => sessionStorage.setItem(KEY, key),
  clear: () => sessionStorage.removeItem(KEY),
}

export type Schemas = components['schemas']

interface ProblemDocument {
  title?: string
  status?: number
  code?: string
  detail?: string
  remedy?: string
  errors?: { pointer?: string; detail?: string }[]
}

/** What the server answered instead of what was asked for, with its remedy; or that it did not answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly remedy?: string,
    readonly errors: readonly { pointer?: string; detail?: string }[] = [],
  ) {
    super(detail)
  }

  /** The server did not answer at all. */
  get isUnreachable() {
    return this.status === 0
  }

  get isNotFound() {
    return this.status === 404
  }

  static of(status: number, problem: ProblemDocument | undefined) {
    return new ApiError(status, problem?.code ?? `http-${status}`, problem?.detail ?? problem?.title ?? `the server answered ${status}`, problem?.remedy, problem?.errors)
  }
}

/** Told when a request was refused for want of a valid key. */
export const unauthorized = new EventTarget()

export function headers(): Record<string, string> {
  const key = apiKey.get()
  return key ? { 'X-API-Key': key } : {}
}

/** Fetches from the server; throws {@link ApiError} unless it answers with success. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(new URL(path.replace(/^\//, ''), ROOT), { cache: 'no-store', ...init, headers: { Accept: 'application/json', ...headers(), ...init.headers } })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new ApiError(0, 'unreachable', 'The server does not answer.', 'It is tried again; see that it runs: ./howdah up')
  }
  if (answer.ok) return answer
  const text = await answer.text()
  let problem: ProblemDocument | undefined
  try {
    problem = JSON.parse(text) as ProblemDocument
  } catch {
    problem = undefined // a proxy's page, say
  }
  if (answer.status === 401) unauthorized.dispatchEvent(new Event('refused'))
  throw ApiError.of(answer.status, problem)
}

const exactNumbers: Middleware = {
  onResponse: ({ response }) => {
    response.json = async () => parse(await response.text())
    return response
  },
}

const client = createClient<paths>({
  baseUrl: ROOT.href.replace(/\/$/, ''),
  bodySerializer: (value: unknown) => stringify(value, 0),
  // The client hands over a whole request, of which the path, the body and the signal count.
  fetch: async (input: Request) =>
    request(input.url.slice(ROOT.href.length), {
      method: input.method,
      body: input.method === 'GET' ? undefined : await input.text(),
      headers: input.method === 'GET' ? {} : { 'Content-Type': input.headers.get('Content-Type') ?? 'application/json' },
      signal: input.signal,
    }),
})
client.use(exactNumbers)

/**
 * The API, typed by its OpenAPI document (`npm run api` makes the types anew). Answers are unwrapped with {@link body}:
 * `await body(api.GET('/api/tasks/{id}', { params: { path: { id } } }))`.
 */
export const api = client

/** The body of an answer. Errors were thrown before, as {@link ApiError}. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T
}
