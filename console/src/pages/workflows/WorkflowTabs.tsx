import { Link } from '@tanstack/react-router'
import classes from './workflows.module.css'

/** The three lists of the area, each with its own address. */
export function WorkflowTabs() {
  const active = { activeOptions: { exact: true, includeSearch: false }, className: classes.tab }
  return (
    <nav className={classes.tabs} aria-label="Workflows">
      <Link to="/workflows" {...active}>Definitions</Link>
      <Link to="/workflows/executions" {...active}>Executions</Link>
      <Link to="/workflows/reviews" {...active}>Reviews</Link>
    </nav>
  )
}
