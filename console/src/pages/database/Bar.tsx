import classes from './database.module.css'

/** A share of the largest, beside its number; the number is what is read out. */
export function Bar({ part, text, tone }: { part: number; text: string; tone?: 'warn' }) {
  return (
    <div className={classes.bar}>
      <div className={classes.track} aria-hidden="true"><div data-tone={tone} style={{ width: `${Math.max(0, Math.min(1, part)) * 100}%` }} /></div>
      <span>{text}</span>
    </div>
  )
}
