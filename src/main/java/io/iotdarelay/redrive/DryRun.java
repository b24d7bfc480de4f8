package io.iotdarelay.redrive;

import java.util.Map;

/**
 * What a redrive would do now.
 *
 * @param found letters that the filter matches, without those that were sent again before
 * @param complete whether all letters were looked at; otherwise a bound was reached
 * @param scanned how many were looked at
 * @param alreadyRedriven letters that match and were sent again before
 * @param overLimit of those found: how many were sent again as often as they may be
 * @param withoutOrigin of those found: how many do not say where they came from
 * @param ofAnotherGroup letters that match, and that a relay with another consumer group wrote: it has to send them
 * @param devices how many devices they are of
 * @param topDevices the devices with the most, and how many of each
 * @param wouldFail of those found: how many would become dead letters again, by reason
 * @param olderThanDelivered of those found: how many have a device that had something newer delivered: sent again, their values
 *     would replace newer ones in the platform's device shadow
 * @param notKnownIfOlder of those found: of how many that is not known, because this instance did not begin their records itself
 */
public record DryRun(
        int found,
        boolean complete,
        int scanned,
        int alreadyRedriven,
        int overLimit,
        int withoutOrigin,
        int ofAnotherGroup,
        int devices,
        Map<String, Integer> topDevices,
        Map<String, Integer> wouldFail,
        int olderThanDelivered,
        int notKnownIfOlder) {}
