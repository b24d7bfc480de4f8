package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A report as a tree, before it is checked and written; or why there is none. It shares nodes with the record's tree. */
public sealed interface Draft {

    /** There is something to report. */
    sealed interface Reportable extends Draft {

        /** The device that the report is about. */
        DeviceId about();

        /**
         * Writes the report's own part of a request; nothing where it has more bytes than {@code most}. Writing stops there: the tree
         * shares nodes, and may be much larger as JSON than in memory.
         */
        Optional<Json> write(int most);
    }

    /**
     * Properties of a directly connected device.
     *
     * @param services the entries of {@code services}; never none
     */
    record Properties(DeviceId about, ArrayNode services) implements Reportable {
        @Override
        public Optional<Json> write(int most) {
            return joined(services, most);
        }
    }

    /**
     * Properties of a child device, carried by its gateway.
     *
     * @param gateway without it the directory names it
     * @param services the entries of {@code services}; never none
     */
    record ChildProperties(DeviceId about, @Nullable DeviceId gateway, ArrayNode services) implements Reportable {
        @Override
        public Optional<Json> write(int most) {
            return joined(services, most);
        }
    }

    /**
     * A message.
     *
     * @param body the whole body of the request
     */
    record Message(DeviceId about, ObjectNode body) implements Reportable {
        @Override
        public Optional<Json> write(int most) {
            return written(body, most, 0);
        }
    }

    /** The route cannot build a report. */
    record Unmappable(Rejection rejection) implements Draft {

        static Unmappable of(String why, @Nullable DeviceId device) {
            return new Unmappable(new Rejection(RejectionReason.UNMAPPABLE, why, device, null, 0));
        }

        static Unmappable tooLarge(@Nullable DeviceId device) {
            return new Unmappable(new Rejection(RejectionReason.TOO_LARGE, Work.LARGER_THAN_ANY, device, null, 0));
        }
    }

    /** There is nothing to report: no service takes part, or what they are made of is empty. */
    record Nothing() implements Draft {}

    /** The entries without the brackets around them: reports of several records are joined into one request. */
    private static Optional<Json> joined(ArrayNode entries, int most) {
        return written(entries, most, 1);
    }

    /** A tree without so many bytes at its begin and its end. */
    private static Optional<Json> written(JsonNode tree, int most, int around) {
        BoundedBytes bytes = new BoundedBytes(most + 2 * around);
        try {
            JsonMapper.shared().writeValue(bytes, tree);
        } catch (JacksonException e) {
            if (bytes.isExceeded()) {
                return Optional.empty();
            }
            throw e;
        }
        return Optional.of(new Json(bytes.between(around, around)));
    }
}
