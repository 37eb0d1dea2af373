import { describe, expect, it } from 'vitest'
import { filesOf, headOf } from './diff'

const SHOWN = `commit 0123abcdef0123abcdef0123abcdef0123abcdef
Author: Ada <ada@example.org>
Date:   Mon Jan 4 10:00:00 2027 +0100

    Rename an endpoint

    It was misleading.

diff --git a/api.py b/api.py
index 1111111..2222222 100644
--- a/api.py
+++ b/api.py
@@ -1 +1 @@
-@app.get("/tasks")
+@app.get("/v2/tasks")
diff --git a/old.py b/old.py
deleted file mode 100644
--- a/old.py
+++ /dev/null
@@ -1 +0,0 @@
-x = 1
diff --git a/a name.txt b/b name.txt
similarity index 100%
rename from a name.txt
rename to b name.txt
`

describe('what git shows', () => {
  it('is read file by file', () => {
    expect(filesOf(SHOWN)).toEqual([
      { path: 'api.py', change_type: 'modified', diff: '@@ -1 +1 @@\n-@app.get("/tasks")\n+@app.get("/v2/tasks")' },
      { path: 'old.py', change_type: 'deleted', diff: '@@ -1 +0,0 @@\n-x = 1' },
      { path: 'b name.txt', change_type: 'renamed', diff: '' },
    ])
  })

  it('tells the commit and its message', () => {
    expect(headOf(SHOWN)).toEqual({ commit_sha: '0123abcdef0123abcdef0123abcdef0123abcdef', commit_message: 'Rename an endpoint\n\nIt was misleading.' })
  })

  it('is nothing where there is no diff', () => {
    expect(filesOf('hello')).toEqual([])
    expect(headOf('hello')).toEqual({})
  })

  it('may come from Windows', () => {
    expect(filesOf(SHOWN.replaceAll('\n', '\r\n'))[0]?.diff).toContain('+@app.get("/v2/tasks")')
  })
})
