/**
 * The query string with which the page was opened, before the router reads its values as numbers and writes them anew: what an identity
 * provider has sent along counts letter by letter.
 */
export const openedWith = window.location.search.slice(1)
