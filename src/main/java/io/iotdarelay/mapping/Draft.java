package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
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

        /** Writes the report's own part of a request. */
        Json write();
    }

    /**
     * Properties of a directly connected device.
     *
     * @param services the entries of {@code services}; never none
     */
    record Properties(DeviceId about, ArrayNode services) implements Reportable {
        @Override
        public Json write() {
            return joined(services);
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
        public Json write() {
            return joined(services);
        }
    }

    /**
     * A message.
     *
     * @param body the whole body of the request
     */
    record Message(DeviceId about, ObjectNode body) implements Reportable {
        @Override
        public Json write() {
            return new Json(bytes(body));
        }
    }

    /** The route cannot build a report. */
    record Unmappable(Rejection rejection) implements Draft {

        static Unmappable of(String why, @Nullable DeviceId device) {
            return new Unmappable(new Rejection(RejectionReason.UNMAPPABLE, why, device, null, 0));
        }
    }

    /** There is nothing to report: no service takes part, or what they are made of is empty. */
    record Nothing() implements Draft {}

    private static byte[] bytes(JsonNode tree) {
        return JsonMapper.shared().writeValueAsBytes(tree);
    }

    /** The entries without the brackets around them: reports of several records are joined into one request. */
    private static Json joined(ArrayNode entries) {
        byte[] array = bytes(entries);
        return new Json(Arrays.copyOfRange(array, 1, array.length - 1));
    }
}
