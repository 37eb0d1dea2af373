/** The library's own colours of a chip that is chosen are too pale for WCAG AA in the dark. */
export const CHIP = { label: { color: 'var(--mantine-color-text)' } }
