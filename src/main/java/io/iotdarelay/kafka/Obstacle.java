package io.iotdarelay.kafka;

/**
 * Why one address cannot be used.
 *
 * @param why in one line, with the address
 * @param harmful whether a client that connects anyway may not survive it
 */
record Obstacle(String why, boolean harmful) {

    static Obstacle of(String why) {
        return new Obstacle(why, false);
    }
}
