package io.iotdarelay.iotda;

import io.iotdarelay.egress.Origin;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.tracing.RequestTrace;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Encodes the requests. They differ in a device, a token and a body, none of which can contain a line break: their classes check that.
 * Headers of a trace are checked here.
 */
final class Requests {

    private static final String LINE = "\r\n";
    private static final byte[] ACCESS_TOKEN = ascii(LINE + "access_token: ");
    private static final byte[] CONTENT_LENGTH = ascii("content-length: ");
    private static final byte[] END = ascii(LINE + LINE);

    /** More than the token, the length and the line breaks take. */
    private static final int LARGEST_VARIABLE_PART = 512;

    private final Map<Api, Head> heads = new EnumMap<>(Api.class);

    /**
     * What is the same in all requests to an API.
     *
     * @param beforeDevice up to where the device's ID stands in the path; for an authentication everything
     * @param afterDevice up to the headers that differ
     */
    @SuppressWarnings("ArrayRecordComponent") // written as they are, never compared
    private record Head(RequestTrace.Target target, byte[] beforeDevice, byte[] afterDevice) {

        static Head of(Api api, Origin server) {
            String host = server.authority();
            String head = String.join(
                            LINE,
                            "POST " + api.template() + " HTTP/1.1",
                            "host: " + host,
                            "user-agent: iotda-relay",
                            "accept: */*",
                            "content-type: application/json")
                    + LINE;
            int device = head.indexOf(Api.DEVICE);
            RequestTrace.Target target = new RequestTrace.Target(server.uri().getHost(), server.port(), api.template());
            return device < 0
                    ? new Head(target, ascii(head), new byte[0])
                    : new Head(
                            target,
                            ascii(head.substring(0, device)),
                            ascii(head.substring(device + Api.DEVICE.length())));
        }

        boolean namesDevice() {
            return afterDevice.length > 0;
        }
    }

    Requests(IotdaProperties properties) {
        Origin server = properties.origin();
        for (Api api : Api.values()) {
            heads.put(api, Head.of(api, server));
        }
    }

    ByteBuf authentication(byte[] body, RequestTrace trace) {
        return encode(head(Api.DEVICE_AUTH), new byte[0], new byte[0], body, trace);
    }

    ByteBuf report(Api api, DeviceId sender, AccessToken token, byte[] body, RequestTrace trace) {
        return encode(head(api), ascii(sender.value()), ascii(token.value()), body, trace);
    }

    private Head head(Api api) {
        return Objects.requireNonNull(heads.get(api));
    }

    private static ByteBuf encode(Head head, byte[] device, byte[] token, byte[] body, RequestTrace trace) {
        int size = head.beforeDevice().length + device.length + head.afterDevice().length + LARGEST_VARIABLE_PART;
        // On the heap, because Java's TLS copies what is not; and not pooled, because pools of the heap keep megabytes
        // of it.
        ByteBuf request = Unpooled.buffer(size + body.length);
        request.writeBytes(head.beforeDevice());
        if (head.namesDevice()) {
            request.writeBytes(device).writeBytes(head.afterDevice());
        }
        trace.leaves(head.target(), (name, value) -> header(request, name, value));
        request.writeBytes(CONTENT_LENGTH).writeBytes(ascii(Integer.toString(body.length)));
        if (token.length > 0) {
            request.writeBytes(ACCESS_TOKEN).writeBytes(token);
        }
        return request.writeBytes(END).writeBytes(body);
    }

    private static void header(ByteBuf request, String name, String value) {
        if (HttpHeaderValidationUtil.validateToken(name) >= 0
                || HttpHeaderValidationUtil.validateValidHeaderValue(value) >= 0) {
            throw new IllegalArgumentException("a header of a trace has characters that no header may have");
        }
        request.writeBytes(ascii(name + ": " + value + LINE));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
