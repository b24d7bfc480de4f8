package io.iotdarelay.registry;

import io.iotdarelay.schemas.SchemaKey;
import reactor.core.publisher.Mono;

/** Where schemas are fetched from. */
interface SchemaSource {

    /** How many servers have the same schemas. */
    int servers();

    /** Asks one of the servers. Never fails. */
    Mono<Fetch> fetch(SchemaKey key, int server);
}
