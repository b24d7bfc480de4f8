package io.iotdarelay.access;

import java.util.Set;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** The paths that this room answers itself, literally: no other spelling of them means anything. */
final class Paths {

    static final String HOME = "/";
    static final String LOGIN = "/login";
    static final String LOGOUT = "/logout";
    static final String STYLE = "/login.css";

    private static final Set<String> PAGES = Set.of(HOME, LOGIN);
    private static final Set<String> FORMS = Set.of(LOGIN, LOGOUT);

    private Paths() {}

    static String of(ServerHttpRequest request) {
        return request.getPath().pathWithinApplication().value();
    }

    /** Whether a browser shows the answer as a page. */
    static boolean isPage(ServerHttpRequest request) {
        return PAGES.contains(of(request));
    }

    /** Whether it is where a form is sent to. */
    static boolean isForm(ServerHttpRequest request) {
        return HttpMethod.POST.equals(request.getMethod()) && FORMS.contains(of(request));
    }
}
