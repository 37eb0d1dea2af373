import type { Place } from './api'
import type { LayoutRequest } from './layout'
import LayoutWorker from './layout.worker?worker'

/** Lays a graph out beside the page, which goes on answering meanwhile. */
export function layoutInWorker(request: LayoutRequest): Promise<Record<string, Place>> {
  const worker = new LayoutWorker()
  return new Promise<Record<string, Place>>((resolve, reject) => {
    worker.onmessage = (message: MessageEvent<Record<string, Place>>) => resolve(message.data)
    worker.onerror = (event) => reject(new Error(`the layout failed: ${event.message}`))
    worker.postMessage(request)
  }).finally(() => worker.terminate())
}
