/**
 * Relays in processes of their own, a broker behind a network that can fail, a platform that can fail, and disturbances drawn from
 * a seed; at the end, the ledger shows what became of every record.
 *
 * <p>{@link io.iotdarelay.chaos.ChaosIT} is where to begin. Depends on the simulator and the test support, not on the relay's
 * rooms: it sees what a user would see.
 */
@NullMarked
package io.iotdarelay.chaos;

import org.jspecify.annotations.NullMarked;
