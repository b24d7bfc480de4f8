package io.iotdarelay.lane;

import io.iotdarelay.settings.Between;
import io.iotdarelay.telemetry.Keep;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How reports share requests. A device has one request in flight at a time; what arrives meanwhile shares the next one, so
 * requests grow under load.
 *
 * @param linger how long a report may wait for others before it is sent. It saves requests at low load and adds to the latency of
 *     each record. Messages never wait: each has a request of its own.
 * @param maxRequestSize how large the body of a request may grow when reports share it (the platform refuses bodies over 1 MB,
 *     and one page of its documentation says 64 KB for properties). A single larger report is still sent, alone.
 * @param minInterval how long after a request of a device its next one is sent, at the earliest; what waits shares it. 0s: at once.
 *     Repetitions after a failure count, authentications do not. Messages cannot share a request: a device sends one each interval.
 *     Records wait in the relay meanwhile, within the bounds of {@code relay.source}, and a partition with few devices may be
 *     reported as stalled where this is longer than 30s.
 * @param keep which of a device's waiting reports are sent, where their route does not say so ({@code relay.routes[].keep}):
 *     {@code all}, or the {@code latest} of each service. With {@code latest} a report ends as skipped (superseded) as soon as newer
 *     ones that wait cover all of its services, whichever properties they have; what was sent once is sent again until it ends.
 *     Messages are always sent. For users who want the present and not the past.
 * @param maxAge how long a device waits for the quota while others fill it better. Under {@code relay.quota} the devices go first
 *     whose requests fill a unit of 4 KB best, and a request takes as many reports as fill its units. A device that has waited this
 *     long goes first whatever it has, as far as the quota allows. Without a quota nobody waits, unless the platform throttles.
 * @param maxInFlightRequests requests in flight over all devices, authentications included. Never more than
 *     {@code relay.iotda.max-connections}.
 * @param inFlightLimit {@code adaptive}: fewer requests are in flight as soon as most of them take clearly longer than the fastest,
 *     or fail, and more again up to the maximum as long as all are needed. Where fewer do not help, because a part of the platform is slow or
 *     fails whatever the load, it finds that out within a minute or two. {@code static}: always the maximum, after a slow start. Neither limits how many a
 *     second there are; that is {@code relay.quota}.
 */
@ConfigurationProperties("relay.lane")
public record LaneProperties(
        @Between(least = "0s", most = "1m") @DefaultValue("0s")
        Duration linger,

        @Between(least = "1KB", most = "976KB") @DefaultValue("64KB")
        DataSize maxRequestSize,

        @Between(least = "0s", most = "1m") @DefaultValue("0s")
        Duration minInterval,

        @DefaultValue("all") Keep keep,

        @Between(least = "0s", most = "10m") @DefaultValue("5s")
        Duration maxAge,

        @Between(least = "1", most = "65536") @DefaultValue("256")
        int maxInFlightRequests,

        @DefaultValue("adaptive") InFlightLimit inFlightLimit) {}
