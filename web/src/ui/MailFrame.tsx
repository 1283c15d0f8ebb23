import classes from './MailFrame.module.css'

/** A mail as HTML in a frame that runs nothing and may do nothing: its content came from elsewhere. */
export const MailFrame = ({ title, html }: { title: string; html: string }) => (
  <iframe className={classes.frame} title={title} srcDoc={html} sandbox="" referrerPolicy="no-referrer" />
)
