import { duration } from '../../components/format'
import type { Queue, QueueOptions } from './api'

/** What limits a queue, in a sentence. */
export function limitsInWords(queue: Queue): string {
  const each = (concurrency: number | null, rate: number | null, burst: number | null, of: string) => [
    concurrency && `${concurrency} at once${of}`,
    rate && `${rate} a second${of}${burst && burst !== Math.ceil(rate) ? `, ${burst} in a burst` : ''}`,
  ]
  const parts = [...each(queue.concurrency, queue.rate, queue.burst, ''), ...each(queue.partition_concurrency, queue.partition_rate, queue.partition_burst, ' for each partition')].filter(Boolean)
  const text = parts.length ? `At most ${parts.join('; ')}.` : 'No limit.'
  return [text, queue.ageing_ms && `A task that waits gains one priority every ${duration(queue.ageing_ms)}.`, !queue.durable && 'A crash of the database may lose its last moment.'].filter(Boolean).join(' ')
}

/** What is set now, as it would be sent again: what is left out would be lifted. */
export function optionsOf(queue: Queue): QueueOptions {
  const some = (value: number | null) => value ?? undefined
  return {
    concurrency: some(queue.concurrency), rate: some(queue.rate), burst: some(queue.burst), partition_concurrency: some(queue.partition_concurrency), partition_rate: some(queue.partition_rate), partition_burst: some(queue.partition_burst),
    ageing: queue.ageing_ms === null ? undefined : `${queue.ageing_ms}ms`, durable: queue.durable,
  }
}
