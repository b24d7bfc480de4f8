package io.iotdarelay.provisioning;

import java.time.Duration;

/**
 * A device that the platform has nothing to tell of.
 *
 * @param why a readable explanation
 * @param mayBeCreated whether it does not exist, and nobody has asked to create it
 * @param lasts for how long that counts
 */
record Unknown(String why, boolean mayBeCreated, Duration lasts) {}
