import type { ReactNode } from 'react'
import classes from './LinkText.module.css'

/** What opens something on this page looks like a link and is a button. */
export const LinkText = ({ children }: { children: ReactNode }) => <span className={classes.text}>{children}</span>
