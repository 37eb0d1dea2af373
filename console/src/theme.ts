import { Alert, Anchor, createTheme, Drawer, Modal, Notification, type MantineColorsTuple } from '@mantine/core'

const howdah: MantineColorsTuple = ['#e9f7f5', '#d5ece8', '#a9d9d2', '#7ac5bb', '#53b5a8', '#3aaa9b', '#1a8f82', '#0f766e', '#0a625b', '#064d47']

/** The header of a dialog is no banner of the page. */
const attributes = { header: { role: 'none' } }

export const theme = createTheme({
  primaryColor: 'howdah',
  // The library chooses the text's colour of filled buttons by the light page's shade, so both pages have the same.
  primaryShade: 7,
  autoContrast: true,
  // Where black and white have the same contrast.
  luminanceThreshold: 0.18,
  colors: { howdah },
  defaultRadius: 'sm',
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
  components: {
    // A title in the colour of its kind is too pale on the light ground of that kind.
    Alert: Alert.extend({ defaultProps: { variant: 'light' }, styles: { title: { color: 'var(--mantine-color-text)' } } }),
    // Not told from the text around it by its colour alone.
    Anchor: Anchor.extend({ defaultProps: { underline: 'always' } }),
    Modal: Modal.extend({ defaultProps: { attributes } }),
    Drawer: Drawer.extend({ defaultProps: { attributes } }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close the message' } } }),
  },
})

/** The grounds of notices, quiet in both pages. */
const LIGHT = { green: '#e4f5ea', teal: '#e1f4f0', yellow: '#fff4d6', orange: '#fdeede', red: '#fdeaea', blue: '#e6f1fb' }
const DARK = { green: '#16301f', teal: '#12302d', yellow: '#382c10', orange: '#3a2713', red: '#3b1d1f', blue: '#14293d' }

const grounds = (colours: typeof LIGHT) => Object.fromEntries(Object.entries(colours).map(([name, colour]) => [`--mantine-color-${name}-light`, colour]))

/** Dimmed text and errors of the library are too pale for WCAG AA on our grounds. */
export const cssVariables = () => ({
  variables: {},
  light: { ...grounds(LIGHT), '--mantine-color-error': '#b42318', '--mantine-color-dimmed': '#586472', '--mantine-color-placeholder': '#66717d' },
  dark: { ...grounds(DARK), '--mantine-color-error': '#ff9d9d', '--mantine-color-dimmed': '#a7b0ba', '--mantine-color-placeholder': '#98a2ad' },
})
