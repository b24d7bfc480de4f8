package io.iotdarelay.iotda;

import io.iotdarelay.telemetry.Report;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Which services of a device a report has entries for. */
final class ServiceIds {

    private static final JsonFactory JSON = new JsonFactory();
    private static final String SERVICE_ID = "service_id";

    private ServiceIds() {}

    /** Each with the device; none if an entry has none, for then nothing is known to replace it. */
    static Set<String> of(Report report) {
        try (JsonParser parser =
                JSON.createParser(ObjectReadContext.empty(), report.json().inBrackets())) {
            return read(parser, report.device().value() + '/');
        } catch (JacksonException notOurs) {
            return Set.of();
        }
    }

    private static Set<String> read(JsonParser parser, String device) {
        Set<String> ids = new HashSet<>();
        parser.nextToken();
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            boolean named = false;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean isId = parser.currentName().equals(SERVICE_ID);
                if (parser.nextToken() == JsonToken.VALUE_STRING && isId) {
                    ids.add(device + parser.getString());
                    named = true;
                }
                parser.skipChildren();
            }
            if (!named) {
                return Set.of();
            }
        }
        return ids;
    }
}
