/** A link that a receiver may be given to open: http or https and of a length that all of them take. Names from outside end up in links. */
export function isWebLink(link: string | undefined): link is string {
  return link !== undefined && link.length <= 2048 && /^https?:$/.test(URL.parse(link)?.protocol ?? '');
}
