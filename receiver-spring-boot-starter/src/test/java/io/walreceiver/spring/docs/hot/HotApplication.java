package io.walreceiver.spring.docs.hot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The application of docs/embedding.md. */
@SpringBootApplication
public class HotApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(HotApplication.class, arguments);
    }
}
