const page = new Page(pageData(), pageSound());
