package io.walreceiver.examples.trending;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/** Starts it. The receiver and its ledger come from the starter, as {@code application.yaml} says. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(TrendingProperties.class)
class TrendingApplication {

    public static void main(String[] args) {
        SpringApplication.run(TrendingApplication.class, args);
    }
}
