package io.iotdarelay.iotda;

import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.tracing.RequestTrace;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.net.URI;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Builds the requests as they are written to a connection. */
final class Requests {

    private static final AsciiString ACCESS_TOKEN = AsciiString.cached("access_token");
    private static final AsciiString USER_AGENT = AsciiString.cached("iotda-relay");
    private static final AsciiString ANYTHING = AsciiString.cached("*/*");

    private final AsciiString host;
    private final Map<Api, RequestTrace.Target> targets = new EnumMap<>(Api.class);

    Requests(IotdaProperties properties) {
        URI server = URI.create(properties.origin());
        this.host = AsciiString.cached(
                Connector.port(server) == Connector.HTTPS_PORT ? server.getHost() : server.getRawAuthority());
        for (Api api : Api.values()) {
            targets.put(api, new RequestTrace.Target(server.getHost(), Connector.port(server), api.template()));
        }
    }

    FullHttpRequest authentication(DeviceId device, byte[] body, RequestTrace trace) {
        return post(Api.DEVICE_AUTH, device, body, trace);
    }

    FullHttpRequest report(Api api, DeviceId sender, AccessToken token, byte[] body, RequestTrace trace) {
        FullHttpRequest request = post(api, sender, body, trace);
        request.headers().set(ACCESS_TOKEN, token.value());
        return request;
    }

    private FullHttpRequest post(Api api, DeviceId sender, byte[] body, RequestTrace trace) {
        HttpHeaders headers = new DefaultHttpHeaders();
        headers.set(HttpHeaderNames.HOST, host);
        headers.set(HttpHeaderNames.USER_AGENT, USER_AGENT);
        headers.set(HttpHeaderNames.ACCEPT, ANYTHING);
        headers.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
        headers.set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
        trace.leaves(Objects.requireNonNull(targets.get(api)), headers::set);
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.POST,
                api.path(sender),
                Unpooled.wrappedBuffer(body),
                headers,
                EmptyHttpHeaders.INSTANCE);
    }
}
