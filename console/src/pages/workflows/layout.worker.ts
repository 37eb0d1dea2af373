import { layout, type LayoutRequest } from './layout'

self.onmessage = (message: MessageEvent<LayoutRequest>) => self.postMessage(layout(message.data))
