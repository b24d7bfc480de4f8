package io.iotdarelay.access;

import java.util.Set;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** What requests are for, by their method. */
final class Methods {

    private static final Set<HttpMethod> RETRIEVING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private Methods() {}

    /** Whether it changes nothing. */
    static boolean isReading(ServerHttpRequest request) {
        return isRetrieving(request) || HttpMethod.OPTIONS.equals(request.getMethod());
    }

    /** Whether it asks for what there is to see. */
    static boolean isRetrieving(ServerHttpRequest request) {
        return RETRIEVING.contains(request.getMethod());
    }
}
