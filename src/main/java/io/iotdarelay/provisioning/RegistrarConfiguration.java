package io.iotdarelay.provisioning;

import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.AppsideConfiguration;
import io.iotdarelay.appside.NewDevice;
import io.iotdarelay.mapping.Provisioning;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.mapping.RoutesInForce;
import io.iotdarelay.metrics.RegistrationMeters;
import io.iotdarelay.telemetry.SteadyClock;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Wires what creates devices, if there is an application side. Whether any may be created, the routes say. */
@Configuration(proxyBeanMethods = false)
@Conditional(AppsideConfiguration.IsConfigured.class)
public class RegistrarConfiguration {

    @Bean(destroyMethod = "close")
    RegistrarKeeper registrarKeeper(
            ApplicationSide side, RoutesInForce routes, RegistrationMeters meters, SteadyClock time) {
        return new RegistrarKeeper(side, routes, meters, time);
    }

    @Bean
    Registrar registrar(RegistrarKeeper keeper) {
        return keeper.registrar;
    }

    /** Owns the thread. */
    static final class RegistrarKeeper implements AutoCloseable {

        /** Not one of Reactor's: the source of secrets may block. */
        private final Scheduler thread = Schedulers.fromExecutorService(Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("relay-registrar").daemon().factory()));

        private final Registrar registrar;

        RegistrarKeeper(ApplicationSide side, RoutesInForce routes, RegistrationMeters meters, SteadyClock time) {
            SecureRandom secrets = new SecureRandom();
            registrar = new PlatformRegistrar(
                    side,
                    route -> allowed(routes.current(), route),
                    () -> NewDevice.secret(secrets),
                    new RegistrationLog(meters, time),
                    thread,
                    time);
        }

        private static Optional<Provisioning> allowed(Routes routes, String name) {
            return routes.named(name).flatMap(Route::provisioning);
        }

        @Override
        public void close() {
            thread.dispose();
        }
    }
}
