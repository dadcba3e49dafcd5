/** The site cannot be worked on now: it is to be tried again in `waitMs`. */
export class SitePostponed extends Error {
  override name = 'SitePostponed';

  constructor(
    readonly waitMs: number,
    reason: string,
    /** The host itself asked for it; or else it is in use, or not due yet. */
    readonly isAsked: boolean,
  ) {
    super(reason);
  }
}

/** Another worker fetches from this host. */
export class HostBusy extends SitePostponed {
  override name = 'HostBusy';

  constructor(
    readonly host: string,
    waitMs: number,
  ) {
    super(waitMs, `another worker is fetching from ${host}`, false);
  }
}
