/** A file of a change, as a change event has it. */
export interface ChangedFile {
  path: string
  change_type: string
  diff: string
}

/** Reads what `git diff` or `git show` writes; what stands before the first file is passed over. */
export function filesOf(text: string): ChangedFile[] {
  const files: (ChangedFile & { lines: string[] })[] = []
  for (const line of text.replaceAll('\r\n', '\n').split('\n')) {
    const begin = /^diff --git a\/(.*) b\/(.*)$/.exec(line)
    if (begin) {
      files.push({ path: begin[2]!, change_type: 'modified', diff: '', lines: [] })
      continue
    }
    const file = files.at(-1)
    if (!file) continue
    if (file.lines.length === 0) {
      if (line.startsWith('new file mode')) file.change_type = 'added'
      else if (line.startsWith('deleted file mode')) file.change_type = 'deleted'
      else if (line.startsWith('rename to ')) file.change_type = 'renamed'
    }
    if (line.startsWith('@@') || file.lines.length > 0) file.lines.push(line)
  }
  return files.map(({ lines, ...file }) => ({ ...file, diff: lines.join('\n').trimEnd() }))
}

export interface CommitHead {
  commit_sha?: string
  commit_message?: string
}

/** The commit and its message, where `git show` wrote them before the diff. */
export function headOf(text: string): CommitHead {
  const head = text.replaceAll('\r\n', '\n').split(/^diff --git /m)[0] ?? ''
  const commit = /^commit ([0-9a-f]{7,64})/m.exec(head)
  if (!commit) return {}
  const lines = head.split('\n')
  const begin = lines.findIndex((line) => line.startsWith('    '))
  const message = begin < 0 ? '' : lines.slice(begin).map((line) => (line.startsWith('    ') ? line.slice(4) : '')).join('\n').trim()
  return { commit_sha: commit[1], commit_message: message || undefined }
}
