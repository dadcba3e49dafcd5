import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { MessageContract } from '../contracts/message.js';
import type { DeliveryContext } from './delivery.js';
import type { Subscription } from './topology.js';

type Handler<T> = (payload: T, context: DeliveryContext) => unknown;

/**
 * `@OnMessage(chunkReady, CHUNKS)`: Nest's `@EventPattern(chunkReady.name, CHUNKS.transportId)` for a method
 * `(payload, context?)`, whose payload the compiler checks against the contract.
 */
export function OnMessage<T>(contract: MessageContract<T>, subscription: Subscription) {
  return <H extends Handler<T>>(target: object, key: string, descriptor: TypedPropertyDescriptor<H>): void => {
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    EventPattern<string>(contract.name, subscription.transportId)(target, key, descriptor);
  };
}
