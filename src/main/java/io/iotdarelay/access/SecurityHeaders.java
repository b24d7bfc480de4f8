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
 * What answers tell a browser: nothing of them is a page, a script or a frame, and nothing is kept. First of all filters, so that refusals
 * say it, too.
 */
final class SecurityHeaders implements WebFilter, Ordered {

    /** Before all that may refuse a request. */
    private static final int ORDER = -3000;

    private final HttpHeaderWriterWebFilter filter = new HttpHeaderWriterWebFilter(writers());

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return filter.filter(exchange, chain);
    }

    private static CompositeServerHttpHeadersWriter writers() {
        ContentSecurityPolicyServerHttpHeadersWriter content = new ContentSecurityPolicyServerHttpHeadersWriter();
        content.setPolicyDirectives("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
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
