import classes from './Filled.module.css'

/** A number, and how much of its bound it is where there is one. */
export function Filled({ value, max, format, label }: { value: number; max: number | null; format: (value: number) => string; label: string }) {
  if (!max) return <>{format(value)}</>
  const part = Math.min(1, value / max)
  return (
    <span className={classes.filled}>
      <span>{format(value)} of {format(max)}</span>
      <span className={classes.track} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={max} aria-valuenow={Math.min(value, max)} aria-valuetext={`${format(value)} of ${format(max)}`}><span style={{ width: `${part * 100}%` }} data-full={part > 0.9 || undefined} /></span>
    </span>
  )
}
