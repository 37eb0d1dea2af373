import { Box, ScrollArea } from '@mantine/core'
import { CopyButton } from '../../components/CopyButton'
import classes from './database.module.css'

/** A statement, plan or command as it is written, to be copied. */
export function SqlText({ text, label, maxHeight = 360 }: { text: string; label: string; maxHeight?: number }) {
  return (
    <Box className={classes.code}>
      <Box className={classes.codeCopy}><CopyButton text={text} label={`Copy ${label}`} /></Box>
      <ScrollArea.Autosize mah={maxHeight} type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
        <pre className={classes.codeText}>{text}</pre>
      </ScrollArea.Autosize>
    </Box>
  )
}
