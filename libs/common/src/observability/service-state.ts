/** What the probes of a service know of its life: starting → ready → draining. */
export class ServiceState {
  isStarted = false;
  isDraining = false;

  constructor(
    readonly service: string,
    readonly version: string,
  ) {}
}
