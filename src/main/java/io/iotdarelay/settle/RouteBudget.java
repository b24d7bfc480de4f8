package io.iotdarelay.settle;

import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.SourcePartition;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether one route is running, stopped, or being probed. If only one origin has been seen, only the partition of its
 * records is stopped, until others' records succeed. Belongs to the poll thread.
 */
final class RouteBudget {

    private static final Logger log = LoggerFactory.getLogger(RouteBudget.class);

    /** While too many records are dead letters, the sample is evaluated only this often, because it takes a while. */
    private static final int JUDGE_EVERY = 10;

    private static final Duration NAME_EVERY = Duration.ofSeconds(1);

    private static final String ROUTE = "route";
    private static final String REASON = "reason";

    private final String route;
    private final double maxShare;
    private final Duration probeEvery;
    private final RouteOutcomes outcomes;
    private Optional<RouteStatus> status = Optional.empty();
    private boolean stopped;
    private Instant probeAt = Instant.MAX;
    private @Nullable Probe probe;
    private Instant namedAt = Instant.MIN;
    private int sinceJudged = JUDGE_EVERY;

    RouteBudget(String route, double maxShare, int ofLast, Duration probeEvery) {
        this.route = route;
        this.maxShare = maxShare;
        this.probeEvery = probeEvery;
        this.outcomes = new RouteOutcomes(ofLast, maxShare);
    }

    /** The status, if there is something to report. */
    Optional<RouteStatus> status() {
        return status;
    }

    /** Whether a record may begin now. */
    boolean mayBegin(RecordInFlight record, Instant now) {
        if (!isStopped(record.record().position().sourcePartition())) {
            return true;
        }
        Probe current = probe(now);
        return current != null && current.take(record);
    }

    Optional<String> reasonToStop(SourcePartition partition, Instant now) {
        if (!isStopped(partition)) {
            return Optional.empty();
        }
        Probe current = probe(now);
        return current != null && current.isOpen() ? Optional.empty() : status.map(RouteStatus::detail);
    }

    /** The next outcome in the order of its partition; nothing for one that is not known. */
    void count(Optional<Ended> outcome, Instant now) {
        outcomes.add(outcome);
        if (!stopped) {
            judge(now);
        } else if (outcomes.doOthersSucceed()) {
            goOn("A route is resumed: the records of others succeed");
        } else if (partitionStopped().isPresent() && outcomes.judge() == RouteOutcomes.Judgement.ROUTE_FAILS) {
            stop(Optional.empty(), outcomes.toString(), now);
        }
    }

    /** A record has ended, in whatever order. */
    void ended(RecordInFlight record, Ended ended, Instant now) {
        Probe current = probe;
        if (current == null) {
            return;
        }
        current.end(record, ended).ifPresent(well -> {
            if (well) {
                goOn("A route is resumed: the probe records succeeded");
            } else {
                stop(partitionStopped(), current.toString(), now);
            }
        });
    }

    void skipped(RecordInFlight record) {
        if (probe != null) {
            probe.skip(record);
        }
    }

    void forgetAbandoned() {
        if (probe != null) {
            probe.forgetAbandoned();
        }
    }

    /** Resumes the route. Returns whether it or a part of it had been stopped. */
    boolean resume() {
        boolean was = stopped;
        if (was) {
            goOn("A route is resumed by an operator");
        }
        return was;
    }

    private boolean isStopped(SourcePartition partition) {
        return stopped && partitionStopped().map(partition::equals).orElse(true);
    }

    private Optional<SourcePartition> partitionStopped() {
        return status.map(
                current -> current instanceof RouteStatus.PartitionStopped partial ? partial.partition() : null);
    }

    private @Nullable Probe probe(Instant now) {
        if (!now.isBefore(probeAt)) {
            probe = new Probe(maxShare);
            probeAt = now.plus(probeEvery);
            outcomes.clear();
        }
        return probe;
    }

    private void judge(Instant now) {
        if (outcomes.areTooMany() && ++sinceJudged < JUDGE_EVERY) {
            return;
        }
        sinceJudged = 0;
        switch (outcomes.judge()) {
            case FEW -> {
                sinceJudged = JUDGE_EVERY;
                if (outcomes.areFew()) {
                    status = Optional.empty();
                }
            }
            case ROUTE_FAILS -> stop(Optional.empty(), outcomes.toString(), now);
            case NOBODY_ELSE -> stop(outcomes.partition(), outcomes.toString(), now);
            case OTHERS_SUCCEED -> nameCulprits(now);
            case TOO_EARLY -> {}
        }
    }

    private void nameCulprits(Instant now) {
        if (status.isPresent() && now.isBefore(namedAt.plus(NAME_EVERY))) {
            return;
        }
        namedAt = now;
        String detail = outcomes + "; the records of others succeed";
        if (status.isEmpty()) {
            log.atWarn()
                    .addKeyValue(ROUTE, route)
                    .addKeyValue(REASON, detail)
                    .log(
                            "Most records of a route become dead letters, but not those of most devices; the route is running");
        }
        status = Optional.of(new RouteStatus.Culprits(detail));
    }

    private void stop(Optional<SourcePartition> partition, String found, Instant now) {
        boolean news = !stopped;
        stopped = true;
        probe = null;
        probeAt = now.plus(probeEvery);
        String detail = found + "; next probe at " + probeAt.truncatedTo(ChronoUnit.SECONDS);
        status = Optional.of(partition
                .<RouteStatus>map(only -> new RouteStatus.PartitionStopped(
                        only, "only partition " + only + ", no other records to compare with: " + detail))
                .orElseGet(() -> new RouteStatus.Stopped(detail)));
        (news ? log.atError() : log.atDebug())
                .addKeyValue(ROUTE, route)
                .addKeyValue(REASON, status.orElseThrow().detail())
                .log(
                        partition.isPresent()
                                ? "A partition is stopped: most of its records become dead letters"
                                : "A route is stopped: most of its records become dead letters");
    }

    private void goOn(String message) {
        stopped = false;
        status = Optional.empty();
        probe = null;
        probeAt = Instant.MAX;
        outcomes.clear();
        log.atInfo().addKeyValue(ROUTE, route).log(message);
    }
}
