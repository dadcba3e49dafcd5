/** The printable ASCII that a text in base64 says, without blanks; `''` where it says anything else. */
export function decodeBase64(text: string): string {
  if (!/^[\w+/-]{4,}={0,2}$/.test(text)) return '';
  const plain = Buffer.from(text, 'base64').toString('latin1');
  return /^[!-~]+$/.test(plain) ? plain : '';
}
