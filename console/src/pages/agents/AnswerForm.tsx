import { Paper, Stack, Text, Textarea } from '@mantine/core'
import { IconMessageReply } from '@tabler/icons-react'
import { useState } from 'react'
import { stringify, type Json } from '../../api/json'
import { Action } from '../../components/Action'
import { JsonView } from '../../components/JsonView'
import { SchemaForm, type Schema } from '../../components/SchemaForm'
import { send, type Message } from './api'
import { questionsOf, textOf } from './events'

/** What a task asks, and a form for the answer: of the question's schema where it has one. */
export function AnswerForm({ id, message }: { id: string; message: Message | undefined }) {
  const questions = questionsOf(message)
  const [text, setText] = useState('')
  const [data, setData] = useState<Record<string, Json | undefined>>({})
  const schema: Schema = { type: 'object', required: questions.map((each) => each.key), properties: Object.fromEntries(questions.map((each) => [each.key, { title: each.message, ...(each.schema as Schema) }])) }
  const isEmpty = questions.length ? Object.keys(data).length === 0 : text.trim() === ''
  return (
    <Paper withBorder p="md" radius="md" data-testid="question" style={{ borderLeft: '4px solid light-dark(#c98500, #eab13b)' }}>
      <Stack gap="sm">
        <div>
          <Text fw={600}>The task waits for an answer</Text>
          <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{textOf(message) || 'It does not say what it wants to know.'}</Text>
        </div>
        {questions.length
          ? <SchemaForm schema={schema} value={data} onChange={setData} />
          : <Textarea label="Answer" autosize minRows={2} maxRows={10} value={text} onChange={(event) => setText(event.currentTarget.value)} />}
        <div>
          <Action label="Answer" icon={<IconMessageReply size={15} />} variant="filled" blocked={isEmpty ? 'Fill in the answer first' : undefined}
            about={<>Sends this answer in the name of the client, and the task goes on.{questions.length ? <JsonView value={data} label="Answer" /> : <Text size="sm" mt="xs" style={{ whiteSpace: 'pre-wrap' }}>“{text}”</Text>}</>}
            undo="It cannot be taken back; the task itself can be cancelled."
            run={() => send('POST', `/api/agent/tasks/${encodeURIComponent(id)}/answer`, questions.length ? { data } : { text })}
            onDone={() => {
              setText('')
              setData({})
            }}
            done={() => `Answered: ${questions.length ? stringify(data, 0) : text}`} />
        </div>
      </Stack>
    </Paper>
  )
}
