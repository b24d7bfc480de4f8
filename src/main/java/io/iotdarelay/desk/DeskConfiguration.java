package io.iotdarelay.desk;

import io.iotdarelay.access.AccessProperties;
import io.iotdarelay.metrics.FlowTotals;
import io.iotdarelay.telemetry.SteadyClock;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.endpoint.jackson.EndpointJsonMapper;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Wires the operator's page. */
@Configuration(proxyBeanMethods = false)
public class DeskConfiguration {

    /** How many of the connections of an address may be streams: its page asks for other things, too. */
    private static final double SHARE_OF_STREAMS = 0.8;

    /** Where pages are thought of: neither the relay's loops nor the HTTP port's thread wait for them. */
    @Bean(destroyMethod = "dispose")
    Scheduler pageThread() {
        return Schedulers.newSingle("relay-page", true);
    }

    @Bean(destroyMethod = "close")
    Streams pageStreams(
            WebEndpointsSupplier endpoints,
            EndpointJsonMapper json,
            SteadyClock time,
            Scheduler pageThread,
            AccessProperties access) {
        return new Streams(new Glance(endpoints, json)::now, time, pageThread, (int)
                (access.maxConnectionsPerAddress() * SHARE_OF_STREAMS));
    }

    @Bean
    History pageHistory(FlowTotals totals, SteadyClock time) {
        return new History(totals::now, time);
    }

    /** Takes the samples. */
    @Bean(destroyMethod = "dispose")
    Disposable pageSampling(History history, Streams streams, Scheduler pageThread, EndpointJsonMapper json) {
        Runnable sampling = () ->
                history.sample().ifPresent(sample -> streams.sampled(json.get().writeValueAsBytes(sample)));
        return pageThread.schedulePeriodically(sampling, 0, History.EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Bean
    PageFilter pageFilter(
            WebEndpointProperties endpoints,
            Streams streams,
            History history,
            Scheduler pageThread,
            EndpointJsonMapper json,
            Environment environment) {
        String actuator = endpoints.getBasePath().replaceFirst("^/+", "");
        boolean ownPort = ManagementPortType.get(environment) == ManagementPortType.DIFFERENT;
        return new PageFilter(
                new PageFiles(actuator),
                streams,
                history,
                pageThread,
                json.get(),
                exchange -> !ownPort
                        || WebServerNamespace.MANAGEMENT.equals(
                                WebServerNamespace.from(exchange.getApplicationContext())));
    }
}
