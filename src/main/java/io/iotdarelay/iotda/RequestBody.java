package io.iotdarelay.iotda;

import io.iotdarelay.platform.SizeLimit;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.Report;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Joins reports, whose JSON is ready, into the body of one request. They have the same kind and the same sender. */
public final class RequestBody {

    /** No request is larger: the platform's limit is 1 MB, which may be 1,000,000 bytes or 1,048,576. */
    public static final int MAX_SIZE = 1_000_000;

    private static final byte[] SERVICES = ascii("{\"services\":[");
    private static final byte[] DEVICES = ascii("{\"devices\":[");
    private static final byte[] DEVICE_ID = ascii("{\"device_id\":\"");
    private static final byte[] SERVICES_OF_DEVICE = ascii("\",\"services\":[");
    private static final byte[] END = ascii("]}");

    /** More than the envelope around the JSON of a single report. */
    private static final int LARGEST_ENVELOPE = 256;

    /** How large a report may be. */
    public static final SizeLimit LIMIT = new SizeLimit(MAX_SIZE, LARGEST_ENVELOPE);

    private RequestBody() {}

    /** The body, in UTF-8. */
    public static byte[] of(List<Report> reports) {
        return switch (reports.getFirst()) {
            case Report.Message message -> message.json().utf8();
            case Report.Properties ignored -> services(reports);
            case Report.ChildProperties ignored -> devices(reports);
        };
    }

    private static byte[] services(List<Report> reports) {
        byte[] body = new byte[SERVICES.length + sum(reports) - 1 + END.length];
        int at = put(body, 0, SERVICES);
        for (int i = 0; i < reports.size(); i++) {
            if (i > 0) {
                body[at++] = ',';
            }
            at = put(body, at, reports.get(i).json().utf8());
        }
        put(body, at, END);
        return body;
    }

    private static int put(byte[] body, int at, byte[] part) {
        System.arraycopy(part, 0, body, at, part.length);
        return at + part.length;
    }

    private static byte[] devices(List<Report> reports) {
        Map<DeviceId, List<Json>> children = new LinkedHashMap<>();
        reports.forEach(report -> children.computeIfAbsent(report.device(), child -> new ArrayList<>())
                .add(report.json()));
        ByteArrayOutputStream body = new ByteArrayOutputStream(sum(reports) + DEVICES.length);
        body.writeBytes(DEVICES);
        boolean first = true;
        for (Map.Entry<DeviceId, List<Json>> child : children.entrySet()) {
            if (!first) {
                body.write(',');
            }
            first = false;
            body.writeBytes(DEVICE_ID);
            body.writeBytes(ascii(child.getKey().value()));
            body.writeBytes(SERVICES_OF_DEVICE);
            join(body, child.getValue());
            body.writeBytes(END);
        }
        body.writeBytes(END);
        return body.toByteArray();
    }

    private static void join(ByteArrayOutputStream body, List<Json> parts) {
        boolean first = true;
        for (Json part : parts) {
            if (!first) {
                body.write(',');
            }
            first = false;
            body.writeBytes(part.utf8());
        }
    }

    /** Bytes of the reports' JSON, each with a comma. */
    static int sum(List<Report> reports) {
        int sum = 0;
        for (Report report : reports) {
            sum += report.json().length() + 1;
        }
        return sum;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
