/**
 * What links to these pages say in one language, and how their paths are spelled, parts separated by commas. Case and
 * accents do not matter (`über` is `uber`), a phrase also matches as one word (`about us`: `aboutus`), and `*` stands
 * for any ending. Words of scripts without spaces match anywhere.
 */
export interface PageWords {
  /** How to reach somebody. */
  contact: string;
  /** Who is responsible for the site: the pages that laws ask for. */
  legal: string;
  /** Privacy and terms: often with an address, of somebody who is paid to answer. */
  privacy: string;
  /** About the company and its people. */
  about: string;
  /** Service, help and branches: often one click away from the contact page, or the contact page itself. */
  service: string;
  /** Press, jobs and questions: pages with people of their own to write to. */
  more?: string;
  /** What looks like contact and is something else. */
  not?: string;
}
