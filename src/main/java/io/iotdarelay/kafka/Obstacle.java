package io.iotdarelay.kafka;

/**
 * What is in the way to one address.
 *
 * @param why in one line, with the address
 * @param harmful whether a client that connects nevertheless may not survive it
 */
record Obstacle(String why, boolean harmful) {

    static Obstacle of(String why) {
        return new Obstacle(why, false);
    }
}
