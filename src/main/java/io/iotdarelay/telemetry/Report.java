package io.iotdarelay.telemetry;

/** What one device reports, derived from one record. */
public sealed interface Report {

    /** The device that the report is about. */
    DeviceId device();

    /** The device whose token carries the report, and in whose lane it waits. */
    DeviceId sender();

    /** The serialized part of the request that is this report's own. */
    Json json();

    /**
     * Properties of a directly connected device.
     *
     * @param json entries of the request's {@code services}, joined by commas
     */
    record Properties(DeviceId device, Json json) implements Report {
        @Override
        public DeviceId sender() {
            return device;
        }
    }

    /**
     * Properties of a child device, carried by its gateway.
     *
     * @param device the child
     * @param sender the gateway
     * @param json entries of the child's {@code services}, joined by commas
     */
    record ChildProperties(DeviceId device, DeviceId sender, Json json) implements Report {}

    /**
     * A message: opaque to the platform, one per request.
     *
     * @param json the whole body of the request
     */
    record Message(DeviceId device, Json json) implements Report {
        @Override
        public DeviceId sender() {
            return device;
        }
    }
}
