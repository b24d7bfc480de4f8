package io.iotdarelay.access;

import org.springframework.core.Ordered;
import org.springframework.security.web.server.header.CacheControlServerHttpHeadersWriter;
import org.springframework.security.web.server.header.CompositeServerHttpHeadersWriter;
import org.springframework.security.web.server.header.ContentSecurityPolicyServerHttpHeadersWriter;
import org.springframework.security.web.server.header.ContentTypeOptionsServerHttpHeadersWriter;
import org.springframework.security.web.server.header.CrossOriginOpenerPolicyServerHttpHeadersWriter;
import org.springframework.security.web.server.header.CrossOriginOpenerPolicyServerHttpHeadersWriter.CrossOriginOpenerPolicy;
import org.springframework.security.web.server.header.CrossOriginResourcePolicyServerHttpHeadersWriter;
import org.springframework.security.web.server.header.CrossOriginResourcePolicyServerHttpHeadersWriter.CrossOriginResourcePolicy;
import org.springframework.security.web.server.header.HttpHeaderWriterWebFilter;
import org.springframework.security.web.server.header.ReferrerPolicyServerHttpHeadersWriter;
import org.springframework.security.web.server.header.ReferrerPolicyServerHttpHeadersWriter.ReferrerPolicy;
import org.springframework.security.web.server.header.StrictTransportSecurityServerHttpHeadersWriter;
import org.springframework.security.web.server.header.XFrameOptionsServerHttpHeadersWriter;
import org.springframework.security.web.server.header.XFrameOptionsServerHttpHeadersWriter.Mode;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * What answers tell a browser: none of them is a script or a frame, none but the login and the root is a page, and nothing is kept. First of all filters, so that refusals
 * say it, too.
 */
final class SecurityHeaders implements WebFilter, Ordered {

    /** Before all that may refuse a request. */
    private static final int ORDER = -3000;

    private static final String COMMON = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; ";

    private final HttpHeaderWriterWebFilter others =
            new HttpHeaderWriterWebFilter(writers(COMMON + "form-action 'none'"));
    private final HttpHeaderWriterWebFilter pages =
            new HttpHeaderWriterWebFilter(writers(COMMON + "form-action 'self'; style-src 'self'"));

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return (Paths.isPage(exchange.getRequest()) ? pages : others).filter(exchange, chain);
    }

    private static CompositeServerHttpHeadersWriter writers(String policy) {
        ContentSecurityPolicyServerHttpHeadersWriter content = new ContentSecurityPolicyServerHttpHeadersWriter();
        content.setPolicyDirectives(policy);
        XFrameOptionsServerHttpHeadersWriter frames = new XFrameOptionsServerHttpHeadersWriter();
        frames.setMode(Mode.DENY);
        CrossOriginOpenerPolicyServerHttpHeadersWriter opener = new CrossOriginOpenerPolicyServerHttpHeadersWriter();
        opener.setPolicy(CrossOriginOpenerPolicy.SAME_ORIGIN);
        CrossOriginResourcePolicyServerHttpHeadersWriter resource =
                new CrossOriginResourcePolicyServerHttpHeadersWriter();
        resource.setPolicy(CrossOriginResourcePolicy.SAME_ORIGIN);
        ReferrerPolicyServerHttpHeadersWriter referrer = new ReferrerPolicyServerHttpHeadersWriter();
        referrer.setPolicy(ReferrerPolicy.SAME_ORIGIN);
        return new CompositeServerHttpHeadersWriter(
                new CacheControlServerHttpHeadersWriter(),
                new ContentTypeOptionsServerHttpHeadersWriter(),
                new StrictTransportSecurityServerHttpHeadersWriter(), // only where the request came by TLS
                content,
                frames,
                opener,
                resource,
                referrer);
    }
}
