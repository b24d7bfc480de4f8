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

    /** Too many records become dead letters, but not for any fault of the route, which is running. */
    record Culprits(String detail) implements RouteStatus {}
}
