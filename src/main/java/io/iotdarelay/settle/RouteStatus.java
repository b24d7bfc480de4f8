package io.iotdarelay.settle;

import io.iotdarelay.telemetry.SourcePartition;

/** The dead-letter budget's view of a route. */
public sealed interface RouteStatus {

    /** Why, and who it is about. */
    String detail();

    /** The route is stopped. */
    record Stopped(String detail) implements RouteStatus {}

    /** One partition of the route is stopped; the others are not. */
    record PartitionStopped(SourcePartition partition, String detail) implements RouteStatus {}

    /** Too many records become dead letters, but the route is not at fault, and keeps running. */
    record Culprits(String detail) implements RouteStatus {}
}
