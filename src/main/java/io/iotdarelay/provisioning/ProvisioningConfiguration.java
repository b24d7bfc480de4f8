package io.iotdarelay.provisioning;

import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.AppsideConfiguration;
import io.iotdarelay.devices.DevicesProperties;
import io.iotdarelay.devices.LearntDevices;
import io.iotdarelay.metrics.RegistrationMeters;
import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.metrics.RelayMeter;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Wires what asks the platform for devices, if it is to be asked. Otherwise nothing of it exists. */
@Configuration(proxyBeanMethods = false)
@Conditional(ProvisioningConfiguration.IsWanted.class)
public class ProvisioningConfiguration {

    /** Whether the platform is to be a source of devices. */
    static final class IsWanted extends AppsideConfiguration.IsUsed {

        IsWanted() {
            super("relay.devices.platform");
        }
    }

    @Bean(destroyMethod = "dispose")
    Scheduler lookupThread() {
        return Schedulers.newSingle("relay-lookups", true);
    }

    @Bean
    PlatformDirectory platformDirectory(
            ApplicationSide side,
            ObjectProvider<Registrar> registrar,
            LearntDevices learnt,
            DevicesProperties devices,
            RegistrationMeters meters,
            RelayGauges gauges,
            Scheduler lookupThread,
            LongSupplier nanoTime,
            RandomGenerator random) {
        Memory memory = new Memory(devices.mostOfPlatform(Runtime.getRuntime().maxMemory()), nanoTime);
        Lookups lookups = new Lookups(
                side,
                Optional.ofNullable(registrar.getIfAvailable()),
                learnt,
                memory,
                new Lookups.Rules(devices.platformKnownFor(), devices.platformAbsentFor(), devices.platformNodes()),
                meters,
                lookupThread,
                nanoTime,
                random);
        gauges.show(RelayMeter.DEVICES_LOOKUPS_WAITING, lookups::waiting);
        gauges.show(RelayMeter.DEVICES_ABSENT, memory::unknownCount);
        return new PlatformDirectory(memory, lookups, nanoTime);
    }
}
